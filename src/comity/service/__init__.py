"""The door: use cases, the only way in for a face. Questions are in `queries`, the keeping of logs in `keeping`."""

from comity.service.queries import Refusal, Register, open_register, refuse, shipped_folder

__all__ = ["Refusal", "Register", "open_register", "refuse", "shipped_folder"]
