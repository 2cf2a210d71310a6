"""A customer asks to be left alone on a channel, or takes that back."""

from datetime import datetime

from services.gateway.application.changing import change
from services.gateway.application.customers import IdentifyCustomer
from services.gateway.application.ports import Cause, Customers
from services.gateway.domain import customer as customers
from services.gateway.domain.customer import Customer


class ChangeConsent:
    def __init__(self, customers: Customers, identify: IdentifyCustomer) -> None:
        self._customers = customers
        self._identify = identify

    async def __call__(
        self, *, tenant: str, channel: str, customer_address: str, opted_out: bool, at: datetime
    ) -> None:
        """Store it durably; saying it again changes nothing. Raises StoreUnavailable."""
        customer_id = await self._identify(tenant=tenant, channel=channel, address=customer_address, name="", at=at)

        def changed(customer: Customer) -> tuple[Customer, tuple[customers.CustomerFact, ...]]:
            after, facts = customers.change_consent(customer, channel=channel, opted_out=opted_out)
            return after, tuple(facts)

        cause = Cause(id=f"{customer_id}/consent", at=at)
        await change(self._customers, tenant, customer_id, changed, cause, missing="customer-unknown")
