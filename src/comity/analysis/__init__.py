"""The room of analysis: who has power under a rule, which coalitions are stable, what could be agreed.

Each method is a function with a typed, frozen result that cites its source. It reads rules and values; nothing here
knows of a register, a clock or a file.
"""
