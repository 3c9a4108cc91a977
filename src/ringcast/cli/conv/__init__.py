"""``ringcast conv``: the arithmetic of convolution chains, one module for each command.

The modules import what answers in milliseconds; torch and drawing libraries are imported by the functions that need
them.
"""

from cyclopts import App

from ringcast.cli.conv.check import check_command
from ringcast.cli.conv.code import code_command
from ringcast.cli.conv.compare import compare_command
from ringcast.cli.conv.cost import cost_command
from ringcast.cli.conv.derive import derive_command
from ringcast.cli.conv.design import design_command
from ringcast.cli.conv.draw import draw_command
from ringcast.cli.conv.field import field_command
from ringcast.cli.conv.ladder import ladder_command
from ringcast.cli.conv.overlap import overlap_command
from ringcast.cli.conv.sizes import sizes_command

__all__ = ["app"]

app = App(
    name="conv",
    help=(
        "Arithmetic of convolution chains, such as the decoder that paints rings. "
        'A chain is an input size and layers: "11x21 convT(64,64,4,2) relu conv(64,64,3)".'
    ),
)
app.command(sizes_command, name="sizes")
app.command(derive_command, name="derive")
app.command(cost_command, name="cost")
app.command(overlap_command, name="overlap")
app.command(design_command, name="design")
app.command(compare_command, name="compare")
app.command(field_command, name="field")
app.command(draw_command, name="draw")
app.command(ladder_command, name="ladder")
app.command(check_command, name="check")
app.command(code_command, name="code")
