"""The two colours of words and lines on every figure."""

__all__ = ["INK", "MUTED"]

INK, MUTED = "#1b1f27", "#5c6470"
