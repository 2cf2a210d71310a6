"""The scorecard that every tenant has without set-up.

Evaluations name its version: whoever changes this text raises `version`.
"""

from types import MappingProxyType

from services.quality.domain.rules import FirstResponseWithin, PhrasesAbsent, PhraseSaid
from services.quality.domain.scorecard import Question, Scorecard, Section, Words

BUILT_IN_ID = "default"

#: The usual service targets: calls in 20 s, chats in a minute, messages in five, mail in a day.
_FIRST_RESPONSE_SECONDS = MappingProxyType({"voice": 20.0, "chat": 60.0, "sms": 300.0, "email": 86_400.0})
_GREETINGS = (
    "hello",
    "hi",
    "good morning",
    "good afternoon",
    "good evening",
    "dear",
    "welcome",
    "thank you for contacting",
    "how can i help",
    "how may i help",
    "您好",
    "你好",
    "早上好",
    "上午好",
    "下午好",
    "晚上好",
    "欢迎",
    "很高兴为您服务",
    "请问有什么可以帮",
)
#: 服务忌语: words that no customer should ever read.
_FORBIDDEN = (
    "shut up",
    "stupid",
    "idiot",
    "not my problem",
    "not my job",
    "fuck",
    "fucking",
    "shit",
    "damn",
    "闭嘴",
    "笨蛋",
    "白痴",
    "蠢货",
    "傻逼",
    "神经病",
    "他妈的",
    "滚蛋",
    "滚开",
    "你有病",
    "烦死了",
    "关我什么事",
    "不关我的事",
    "不归我管",
    "爱投诉就投诉",
    "随便你投诉",
    "你自己不会看",
)


def built_in_scorecard() -> Scorecard:
    """Return first response 40, greeting 30 and conduct 30 with a fatal rule, passed with 60."""
    return Scorecard(
        id=BUILT_IN_ID,
        version=1,
        name=Words(en="Automatic check", zh="自动质检"),
        pass_mark=60,
        sections=(_response(), _greeting(), _conduct()),
    )


def _response() -> Section:
    question = Question(
        id="first_response",
        text=Words(en="Was the first response within target?", zh="首次响应是否及时？"),
        weight=40,
        rule=FirstResponseWithin(seconds=_FIRST_RESPONSE_SECONDS),
    )
    return Section(id="response", name=Words(en="Response", zh="响应"), questions=(question,))


def _greeting() -> Section:
    question = Question(
        id="greeting",
        text=Words(en="Did the agent greet the customer?", zh="是否使用开场问候语？"),
        weight=30,
        rule=PhraseSaid(phrases=_GREETINGS, within_lines=3),
    )
    return Section(id="opening", name=Words(en="Opening", zh="开场白"), questions=(question,))


def _conduct() -> Section:
    question = Question(
        id="forbidden_words",
        text=Words(en="Was every forbidden word avoided?", zh="是否未使用服务忌语？"),
        weight=30,
        fatal=True,
        review_on_no=True,
        rule=PhrasesAbsent(phrases=_FORBIDDEN),
    )
    return Section(id="conduct", name=Words(en="Conduct", zh="服务用语"), questions=(question,))
