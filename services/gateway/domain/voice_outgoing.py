"""The leg on which a customer is called back: it rings, and once they answer it is a call like any other.

over ◀──not answered, or called off── dialling ──they answer──▶ talking (voice_call)
  ╰──────────another attempt────────────▲
"""

from dataclasses import replace

from services.gateway.domain.voice_call import Call, Stage


def dialling(call: Call, *, offer_id: str, agent_id: str, caller: str, called: str) -> Call:
    """Call the customer for the agent of this offer: anew, unless their telephone rings or they are on the line."""
    if call.offer_id == offer_id:
        return call
    if call.stage is Stage.DIALLING:
        return replace(call, offer_id=offer_id, agent_id=agent_id)
    if call.is_live:
        return call
    earlier = (*call.earlier_sids, call.call_sid) if call.call_sid else call.earlier_sids
    return Call(
        tenant=call.tenant,
        contact_id=call.contact_id,
        call_sid="",
        caller=caller,
        called=called,
        greeting=call.greeting,
        stage=Stage.DIALLING,
        offer_id=offer_id,
        agent_id=agent_id,
        told=False,
        rings=call.rings + 1,
        earlier_sids=earlier,
    )


def placed(call: Call, *, ring: int, sid: str) -> Call:
    """The provider has taken the order, and tells the leg's name; one that was called off meanwhile is to end."""
    known = named(call, ring=ring, sid=sid)
    return replace(known, told=True) if known.call_sid == sid and known.stage is Stage.DIALLING else known


def named(call: Call, *, ring: int, sid: str) -> Call:
    """The leg itself tells its name, maybe before the answer to the order has come."""
    return replace(call, call_sid=sid) if _is(call, ring, sid) else call


def answered(call: Call, *, ring: int, sid: str) -> Call:
    """The customer is on the line: the agent's telephone rings next. The leg hears so at once."""
    if call.stage is not Stage.DIALLING or not _is(call, ring, sid):
        return call
    return replace(call, stage=Stage.TALKING, call_sid=sid, dials=1, told=True)


def unanswered(call: Call, *, ring: int) -> Call:
    """The leg has ended before the customer was on the line."""
    return replace(call, stage=Stage.OVER, told=True) if call.stage is Stage.DIALLING and call.rings == ring else call


def _is(call: Call, ring: int, sid: str) -> bool:
    return call.rings == ring and call.call_sid in {"", sid}
