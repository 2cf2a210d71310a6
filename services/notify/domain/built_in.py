"""The CSAT templates that every tenant has without set-up, in English and Chinese.

Notices name their version: whoever changes a text here raises `version`.
"""

from types import MappingProxyType

from services.notify.domain.template import Template


def csat_template_id(channel: str, language: str) -> str:
    """Name the template by which a channel's satisfaction survey is asked in a language."""
    return f"csat-{channel}-{language}"


def _csat(channel: str, language: str, text: str, subject: str = "", html: str = "") -> Template:
    return Template(
        id=csat_template_id(channel, language),
        version=1,
        channel=channel,
        language=language,
        text=text,
        subject=subject,
        html=html,
    )


_EMAIL_EN = (
    "Thank you for writing to us. How satisfied are you with our service?\n"
    "Please answer this mail with a number from 1 (not at all) to {{ scale_max }} (very)."
)
_EMAIL_ZH = (
    "感谢您的来信。您对我们的服务满意吗？\n请直接回复本邮件，填写 1（很不满意）至 {{ scale_max }}（非常满意）的数字。"
)

BUILT_IN_TEMPLATES = MappingProxyType(
    {
        known.id: known
        for known in (
            _csat(
                "sms",
                "en",
                "How satisfied are you with our service? Please reply with a number from 1 (not at all) to "
                "{{ scale_max }} (very).",
            ),
            _csat("sms", "zh", "请您对本次服务评分，回复 1（很不满意）至 {{ scale_max }}（非常满意）的数字。"),
            _csat("email", "en", _EMAIL_EN, subject="How was our service?"),
            _csat("email", "zh", _EMAIL_ZH, subject="请您评价我们的服务"),
            _csat(
                "chat",
                "en",
                "How satisfied are you with our service, from 1 (not at all) to {{ scale_max }} (very)?",
            ),
            _csat("chat", "zh", "请您对本次服务评分：1（很不满意）至 {{ scale_max }}（非常满意）。"),
            _csat(
                "voice",
                "en",
                "How satisfied are you with our service? Please press a key from 1, not at all, to "
                "{{ scale_max }}, very satisfied.",
            ),
            _csat("voice", "zh", "请您对本次服务评分，按 1 表示很不满意，按 {{ scale_max }} 表示非常满意。"),
        )
    }
)
