"""Templates in Liquid, written by tenants and so trusted with nothing.

They name variables, branch and loop; they include no file, call no code, and every growth has its bound. Filters that
multiply their input (`replace`, `split`, `times` ...) and so outgrow any bound in a short chain are left out, and so
are ranges: `(1..1000000000)` is free until it is searched or reversed, which takes minutes. `scale` is a list instead.
"""

import time
from collections.abc import Iterable
from io import StringIO
from typing import TextIO, TypeVar

from liquid import Environment, RenderContext, StrictUndefined
from liquid.ast import Node
from liquid.builtin.expressions.primitive import RangeLiteral
from liquid.exceptions import LiquidError
from liquid.expression import Expression
from liquid.output import LimitedStringIO

from services.notify.application.ports import Variables
from services.notify.domain.errors import TemplateInvalid
from services.notify.domain.template import Rendered, Template

#: The longest text any channel takes is a mail's; ten SMS parts are 1,530 characters.
MOST_OUTPUT_BYTES = 20_000
MOST_ITERATIONS = 200
MOST_LOCAL_BYTES = 50_000
#: Far more than 200 rounds of a template's 5,000 characters should take, far less than anybody notices.
MOST_SECONDS = 0.25
_TAGS = frozenset(
    {"content", "output", "illegal", "if", "unless", "case", "for", "break", "continue", "assign", "comment", "#"}
)
_FILTERS = frozenset({"capitalize", "default", "downcase", "escape", "size", "strip", "truncate", "upcase"})


_Registered = TypeVar("_Registered")


class RenderTimeOut(LiquidError):
    """Rendering took longer than any honest template does."""


class _Context(RenderContext):
    """Gives out buffers that refuse when the time is over."""

    __slots__ = ("deadline",)
    #: In seconds of the monotonic clock.
    deadline: float

    def get_buffer(self, buf: TextIO | None = None) -> StringIO:
        used = buf.size if isinstance(buf, LimitedStringIO) else 0
        return _Buffer(MOST_OUTPUT_BYTES - used, self.deadline)


class _Buffer(LimitedStringIO):
    def __init__(self, limit: int, deadline: float) -> None:
        super().__init__(limit)
        self._deadline = deadline

    def write(self, text: str, /) -> int:
        if time.monotonic() > self._deadline:
            raise RenderTimeOut("rendering takes too long", token=None)
        return super().write(text)


class _Sandbox(Environment):
    loop_iteration_limit = MOST_ITERATIONS
    local_namespace_limit = MOST_LOCAL_BYTES
    output_stream_limit = MOST_OUTPUT_BYTES
    block_nesting_limit = 10
    context_depth_limit = 5


class LiquidRenderer:
    """Renders the three parts of a template; variables are escaped in HTML, and nowhere else."""

    def __init__(self) -> None:
        self._plain = _sandbox(autoescape=False)
        self._html = _sandbox(autoescape=True)

    def render(self, template: Template, variables: Variables) -> Rendered:
        return Rendered(
            text=_render(self._plain, template.text, variables, "/text"),
            subject=" ".join(_render(self._plain, template.subject, variables, "/subject").split()),
            html=_render(self._html, template.html, variables, "/html"),
        )


def _sandbox(*, autoescape: bool) -> Environment:
    environment = _Sandbox(autoescape=autoescape, undefined=StrictUndefined)
    _keep_only(environment.tags, _TAGS)
    _keep_only(environment.filters, _FILTERS)
    return environment


def _keep_only(register: dict[str, _Registered], allowed: frozenset[str]) -> None:
    for name in list(register):
        if name not in allowed:
            del register[name]


def _render(environment: Environment, source: str, variables: Variables, pointer: str) -> str:
    try:
        template = environment.from_string(source)
        context = _Context(template, globals=dict(variables))
        _refuse_ranges(template.nodes, context)
        context.deadline = time.monotonic() + MOST_SECONDS
        buffer = context.get_buffer()
        template.render_with_context(context, buffer)
    except (LiquidError, RecursionError, ValueError, TypeError, ArithmeticError, MemoryError) as error:
        raise TemplateInvalid(pointer, _told(error)) from error
    return buffer.getvalue()


def _refuse_ranges(nodes: Iterable[Node], context: RenderContext) -> None:
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        waiting.extend(node.children(context))
        _refuse_range_in(node.expressions())


def _refuse_range_in(expressions: Iterable[Expression]) -> None:
    waiting = list(expressions)
    while waiting:
        expression = waiting.pop()
        if isinstance(expression, RangeLiteral):
            raise LiquidError("ranges are not allowed; loop over a list such as scale", token=None)
        waiting.extend(expression.children())


def _told(error: BaseException) -> str:
    """Tell the author what is wrong, on one line of bounded length."""
    detail = str(error).strip().splitlines()
    return (detail[0] if detail else type(error).__name__)[:300]
