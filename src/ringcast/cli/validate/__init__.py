"""``ringcast validate``: how near our simulation comes to others'."""

from cyclopts import App

from ringcast.cli.validate.command import simulation

__all__ = ["app"]

app = App(name="validate", help="Compare with what others made: plots and numbers as a report.")
app.command(simulation, name="simulation")
