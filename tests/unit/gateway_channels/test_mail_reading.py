"""A corpus of mails as they really come, read as people read them."""

import base64
import time
from email.message import EmailMessage

import pytest

from services.gateway.adapters.mail_parser_limits import MailLimits
from services.gateway.adapters.mail_parser_mime import parse_mail
from services.gateway.domain.mail import MailNature, MailRefused, ParsedMail

LIMITS = MailLimits()


def raw(body: str = "", *, charset: str = "utf-8", **headers: str) -> bytes:
    given = {"From": "li@example.cn", "Content_Type": f"text/plain; charset={charset}", **headers}
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in given.items()]
    codec = "gb18030" if charset.lower().startswith("gb") else charset
    return "\r\n".join([*lines, "", body]).encode(codec)


def read(data: bytes, sender: str = "li@example.cn") -> ParsedMail:
    return parse_mail(data, sender, LIMITS)


@pytest.mark.parametrize("charset", ["gb2312", "GBK", "gb18030", "utf-8", "big5"])
def test_chinese_is_read_in_the_charsets_it_is_sent_in(charset: str) -> None:
    assert read(raw("电费" if charset != "big5" else "電費", charset=charset)).text in {"电费", "電費"}


def test_a_mail_that_says_gb2312_but_uses_gb18030_is_read_whole() -> None:
    assert read(raw("龍飞镕㙦", charset="gb2312")).text == "龍飞镕㙦"


def test_a_mail_without_a_charset_is_read_by_what_fits() -> None:
    headers = b"From: a@b.cn\r\nContent-Type: text/plain\r\n\r\n"
    assert read(headers + "电费".encode()).text == "电费"
    assert read(headers + "电费".encode("gb18030")).text == "电费"


@pytest.mark.parametrize("charset", ["no-such-charset", "zlib_codec", "idna", "unicode_escape", "rot13"])
def test_an_absurd_charset_harms_nothing(charset: str) -> None:
    data = f"From: a@b.cn\r\nContent-Type: text/plain; charset={charset}\r\n\r\n电费".encode()
    assert read(data).text == "电费"


def test_encoded_headers_are_read() -> None:
    name = base64.b64encode("张三".encode("gb18030")).decode()
    mail = read(raw("x", From=f"=?gb2312?B?{name}?= <ZHANG@Example.cn>", Subject=f"=?GBK?B?{name}?= =?utf-8?q?_ok?="))
    assert (mail.from_name, mail.from_address, mail.subject) == ("张三", "zhang@example.cn", "张三 ok")


def test_a_subject_cannot_bring_line_breaks() -> None:
    assert read(raw("x", Subject="=?utf-8?q?a=0D=0ABcc:_x@y.z?=")).subject == "a Bcc: x@y.z"


def test_html_alone_is_shown_as_text_too() -> None:
    mail = read(raw("<p>Hello</p><p>my<br>bill</p><script>x()</script>", Content_Type="text/html; charset=utf-8"))
    assert mail.text == "Hello\n\nmy\nbill"
    assert "script" not in mail.html


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<img src='https://tracker.example/p.gif'>",
        "<a href='javascript:alert(1)'>x</a>",
        "<svg><style><img src=x onerror=alert(1)></style></svg>",
        "<iframe src='https://x.example'></iframe>",
        "<form action='https://x.example'><input name=p></form>",
        "<div style='background:url(https://tracker.example)'>x</div>",
        "<table background='https://tracker.example'><tr><td>x</td></tr></table>",
        "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
        "<base href='https://x.example'><a href='y'>x</a>",
        "<meta http-equiv=refresh content='0;url=https://x.example'>",
    ],
)
def test_nothing_of_a_hostile_mail_runs_or_is_fetched(attack: str) -> None:
    html = read(raw(attack, Content_Type="text/html; charset=utf-8")).html.lower()
    for trace in ("script", "onerror", "tracker", "iframe", "form", "style", "base", "meta", "x.example"):
        assert trace not in html


def test_a_nested_mail_brings_its_text_and_its_files() -> None:
    message = EmailMessage()
    message["From"] = "li@example.cn"
    message.set_content("See the file.")
    message.add_alternative("<p>See the <b>file</b>.</p>", subtype="html")
    message.add_attachment(b"\x00\x01", maintype="application", subtype="pdf", filename="../账单.pdf")
    inner = EmailMessage()
    inner["From"] = "x@y.cn"
    inner["Subject"] = "old"
    inner.set_content("inner")
    message.add_attachment(inner)
    mail = read(message.as_bytes())
    assert mail.text == "See the file."
    assert mail.html == "<p>See the <b>file</b>.</p>"
    names = [(each.name, each.media_type) for each in mail.attachments]
    assert names == [("_账单.pdf", "application/pdf"), ("old.eml", "message/rfc822")]
    assert mail.attachments[0].content == b"\x00\x01"


def test_a_text_longer_than_a_line_may_be_is_kept_whole_beside() -> None:
    mail = read(raw("x" * 150_000))
    assert len(mail.text) == LIMITS.text_characters
    assert [(each.name, len(each.content)) for each in mail.attachments] == [("message.txt", 150_000)]


QUOTED = [
    "张三 <zhang@example.cn> 于2026年11月22日周日 16:03写道：\n> 旧",
    "张三 <zhang@example.cn> 于 2026年11月22日周日\n下午4:03写道：\n\n旧",
    "------------------ 原始邮件 ------------------\n发件人: x",
    "------------------&nbsp;原始邮件&nbsp;------------------\n发件人: x".replace("&nbsp;", " "),
    "在 2026年11月22日，16:03，张三 <zhang@example.cn> 写道：\n旧",
    'At 2026-11-22 16:03:00, "张三" <zhang@example.cn> wrote:\n旧',
    "发件人: 张三\n发送时间: 2026年11月22日\n收件人: 李四\n主题: x\n\n旧",
    "On Sun, Nov 22, 2026 at 4:03 PM Zhang <zhang@example.cn> wrote:\n> old",
    "-----Original Message-----\nFrom: x\nSent: y\n\nold",
    "> old\n> older",
]


@pytest.mark.parametrize("quotation", QUOTED)
def test_the_quoted_mail_is_folded_away(quotation: str) -> None:
    mail = read(raw(f"新的问题\n\n{quotation}"))
    assert mail.text == "新的问题"
    assert mail.quoted == quotation


@pytest.mark.parametrize("text", ["> only quoted", "他写道：你好", "On Monday we spoke.", "a\n> b\nc"])
def test_what_only_looks_like_a_quotation_stays(text: str) -> None:
    mail = read(raw(text))
    assert (mail.text, mail.quoted) == (text, "")


def test_references_end_with_what_is_answered_and_survive_encoding() -> None:
    mail = read(raw("x", References="<a@x> <b@x>", In_Reply_To="=?utf-8?q?=3Cc=40x=3E?="))
    assert mail.references == ("a@x", "b@x", "c@x")


def test_a_bounce_names_the_mail_that_did_not_arrive() -> None:
    report = (
        b'From: MAILER-DAEMON@mx.example\r\nContent-Type: multipart/report; boundary="b"\r\n\r\n'
        b"--b\r\n\r\nsorry\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <ours@x>\r\n\r\n--b--\r\n"
    )
    mail = read(report, sender="")
    assert (mail.nature, mail.references) == (MailNature.BOUNCE, ("ours@x",))


def test_a_mail_without_any_sender_is_refused() -> None:
    with pytest.raises(MailRefused) as refused:
        parse_mail(b"Subject: x\r\n\r\nx", "", LIMITS)
    assert refused.value.code == "mail-without-sender"


def nested(levels: int) -> bytes:
    heads = "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\r\n\r\n--b{n}\r\n' for n in range(levels))
    return ("From: a@b.cn\r\n" + heads + "\r\nhi").encode()


BOMBS = [
    (
        b'From: a@b.cn\r\nContent-Type: multipart/mixed; boundary="x"\r\n\r\n' + b"--x\r\n\r\n" * 100_000,
        "too-many-parts",
    ),
    (nested(3_000), "too-deep"),
    (nested(60), "too-deep"),
    (b"From: a@b.cn\r\n" + b"Content-Type: message/rfc822\r\n\r\n" * 3_000, "too-deep"),
    (b"From: a@b.cn\r\n" + b"Received: x\r\n" * 60 + b"\r\nx", "looping"),
    (b"From: a@b.cn\r\n\r\n" + b"x" * LIMITS.bytes, "too-large"),
]


@pytest.mark.parametrize(("bomb", "code"), BOMBS, ids=[code for _, code in BOMBS])
def test_a_bomb_is_refused_before_it_costs_anything(bomb: bytes, code: str) -> None:
    began = time.process_time()
    with pytest.raises(MailRefused) as refused:
        read(bomb)
    assert refused.value.code == f"mail-{code}"
    assert time.process_time() - began < LIMITS.cpu_seconds


def test_thirty_levels_are_read() -> None:
    assert read(nested(25)).text == "hi"
