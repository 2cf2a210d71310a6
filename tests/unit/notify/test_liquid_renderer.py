"""Templates, honest and hostile."""

import time

import pytest

from services.notify.adapters.liquid_renderer import MOST_OUTPUT_BYTES, LiquidRenderer
from services.notify.application.templates import SAMPLE_VARIABLES
from services.notify.domain.built_in import BUILT_IN_TEMPLATES
from services.notify.domain.errors import TemplateInvalid
from services.notify.domain.template import Rendered, Template

RENDERER = LiquidRenderer()


def render(text: str, html: str = "", **variables: str) -> Rendered:
    template = Template(id="x", version=1, channel="email", language="en", text=text, html=html)
    return RENDERER.render(template, {**SAMPLE_VARIABLES, **variables})


@pytest.mark.parametrize("template", BUILT_IN_TEMPLATES.values(), ids=BUILT_IN_TEMPLATES.keys())
def test_every_built_in_template_asks_on_the_whole_scale(template: Template) -> None:
    text = RENDERER.render(template, {**SAMPLE_VARIABLES, "scale_max": 7}).text
    assert "1" in text
    assert "7" in text
    assert "{" not in text


def test_a_template_branches_and_loops_over_the_scale() -> None:
    text = "{% for r in scale %}{% if r == '3' %}[{{ r }}]{% else %}{{ r }}{% endif %} {% endfor %}{{ queue | upcase }}"
    assert render(text).text == "1 2 [3] 4 5 BILLING"


def test_variables_are_escaped_in_html_and_nowhere_else() -> None:
    rendered = render("{{ queue }}", html="<b>{{ queue }}</b>", queue="<script>")
    assert (rendered.text, rendered.html) == ("<script>", "<b>&lt;script&gt;</b>")


def test_a_subject_stays_one_line() -> None:
    template = Template(id="x", version=1, channel="email", language="en", text="t", subject="a\r\nBcc: {{ queue }}")
    assert RENDERER.render(template, SAMPLE_VARIABLES).subject == "a Bcc: billing"


@pytest.mark.parametrize(
    "source",
    [
        "{% for i in (1..1000000000) %}x{% endfor %}",
        "{% for i in (1..1000000000) reversed %}x{% endfor %}",
        "{% if (1..1000000000) contains 'a' %}x{% endif %}",
        "{% if queue %}{% else %}{% assign a = (1..9) %}{% endif %}",
        "{% for a in scale %}{% for b in scale %}{% for c in scale %}{% for d in scale %}x" + "{% endfor %}" * 4,
        "{% for a in scale %}" + "{{ queue }}" * 440 + "{% endfor %}" + "y" * MOST_OUTPUT_BYTES,
        "{{ 'x' | replace: 'x', 'xxxxxxxxxx' }}",
        "{{ 9 | times: 9 }}",
        "{% assign a = 'a' %}{% assign a = a | append: a %}",
        "{% include 'secrets' %}",
        "{% render 'secrets' %}",
        "{{ queue.__class__ }}",
        "{{ nobody_knows }}",
        "{{ a" + "[a" * 1500 + "]" * 1500 + "}}",
        "{% if queue",
        "{% for %}",
        "{{ " + "9" * 4400 + " }}",
    ],
)
def test_a_hostile_or_broken_template_is_refused_at_once(source: str) -> None:
    began = time.perf_counter()
    with pytest.raises(TemplateInvalid) as refused:
        render(source)
    assert refused.value.pointer == "/text"
    assert 0 < len(str(refused.value)) <= 300
    assert time.perf_counter() - began < 2
