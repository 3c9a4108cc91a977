"""``ringcast simulate``: options in groups, the work behind them, and the summary at the end."""

from ringcast.cli.simulate.command import simulate

__all__ = ["simulate"]
