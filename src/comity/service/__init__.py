"""The door: use cases, the only way in for a face. Questions are in `queries`, the keeping of logs in `keeping`.

A face that asks one log again and again keeps it open (`opened`).
"""

from comity.register.errors import is_postgres, without_secrets
from comity.service.queries import Refusal, Register, open_register, refuse, shipped_folder

__all__ = ["Refusal", "Register", "is_postgres", "open_register", "refuse", "shipped_folder", "without_secrets"]
