"""Where a reply ends and the quoted mails begin, for the mail programs that parsers written in the West miss."""

import re

#: Each pattern matches from the line on which the quotation starts.
QUOTE_STARTS: tuple[re.Pattern[str], ...] = (
    # Gmail, Chinese: 张三 <zhang@example.cn> 于2026年11月22日周日 16:03写道： ; it may break over two lines.
    re.compile(r"^[^\n]{0,200}于\s?\d{4}年\d{1,2}月\d{1,2}日[^\n]{0,80}(?:\n[^\n]{0,200})?写道[:：]\s*$", re.MULTILINE),
    # Apple Mail, Chinese: 在 2026年11月22日，16:03，张三 <zhang@example.cn> 写道：
    re.compile(r"^在\s?\d{4}[^\n]{0,200}(?:\n[^\n]{0,200})?写道[:：]\s*$", re.MULTILINE),
    # NetEase 163 and 126: At 2026-11-22 16:03:00, "张三" <zhang@example.cn> wrote:
    re.compile(r"^At \d{4}-\d{2}-\d{2}[^\n]{0,200}wrote[:：]\s*$", re.MULTILINE),
    # QQ and Foxmail: ------------------ 原始邮件 ------------------
    re.compile(r"^[ \t]*[-—]{2,}[ \t]*(?:原始邮件|转发邮件|回复的原邮件|原邮件|Original)[ \t]*[-—]{2,}", re.MULTILINE),
    # Outlook, Chinese: 发件人: ... followed by 发送时间:
    re.compile(
        r"^\*?发件人\*?[:：][^\n]{0,300}\n(?:[^\n]{0,300}\n)?\*?(?:发送时间|发送日期|日期)\*?[:：]", re.MULTILINE
    ),
)


def quote_start(text: str) -> int:
    """Offset at which the quoted mails begin; the length of the text where nothing is quoted."""
    starts = [match.start() for pattern in QUOTE_STARTS if (match := pattern.search(text))]
    return min([*starts, _trailing_block_start(text)])


def _trailing_block_start(text: str) -> int:
    """Where the lines that start with > and run to the end begin; their blank lines belong to them."""
    start, end = len(text), len(text)
    while end > 0:
        line_start = text.rfind("\n", 0, end) + 1
        line = text[line_start:end].strip()
        if line.startswith(">"):
            start = line_start
        elif line:
            break
        end = line_start - 1
    return start
