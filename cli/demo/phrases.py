"""What people say in the demo, in English and Chinese."""

import random

QUESTIONS = (
    "Hello, my card was charged twice for the same purchase.",
    "When will my new card arrive?",
    "I cannot see last month's statement.",
    "How do I raise the limit of my account?",
    "您好，我的账单好像多收了一笔费用。",
    "请问怎么修改绑定的手机号码？",
    "我昨天办的业务什么时候生效？",
)
DETAILS = (
    "It was on the third of March.",
    "The last four digits are 4417.",
    "Yes, that is the right address.",
    "是上个星期办的。",
    "好的，我再确认一下。",
)
GREETINGS = (
    "Hello, thank you for waiting. How can I help you?",
    "Good morning, I will look into this for you.",
    "您好，感谢您的耐心等待，请问有什么可以帮您？",
)
ANSWERS = (
    "Let me check that for you.",
    "I have corrected it; you will see it within two days.",
    "The new card is on its way.",
    "已经为您处理好了，请稍后查看。",
)


def pick(phrases: tuple[str, ...], chance: random.Random) -> str:
    return chance.choice(phrases)
