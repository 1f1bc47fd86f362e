"""The plain-text form of a register: text ⇄ acts and instruments, byte for byte both ways on canonical files."""
