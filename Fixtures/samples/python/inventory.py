from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Item:
    name: str
    price_cents: int
    quantity: int = 0


@dataclass
class Inventory:
    items: dict[str, Item] = field(default_factory=dict)

    def receive(self, name: str, quantity: int, price_cents: int) -> None:
        """Adds stock. A new price replaces the old one for everything on the shelf."""
        if quantity <= 0:
            raise ValueError("quantity must be positive")
        item = self.items.setdefault(name, Item(name, price_cents))
        item.price_cents = price_cents
        item.quantity += quantity

    def sell(self, name: str, quantity: int) -> int:
        """Takes stock off the shelf and returns what the customer owes, in cents."""
        item = self.items.get(name)
        if item is None or item.quantity < quantity:
            available = item.quantity if item else 0
            raise LookupError(f"asked for {quantity} of {name}, {available} available")
        item.quantity -= quantity
        return quantity * item.price_cents

    def value(self) -> int:
        return sum(item.quantity * item.price_cents for item in self.items.values())

    def to_reorder(self, threshold: int = 5) -> list[str]:
        return sorted(item.name for item in self.items.values() if item.quantity < threshold)


if __name__ == "__main__":
    shop = Inventory()
    shop.receive("lamp", 12, 2_450)
    shop.receive("chair", 4, 8_900)
    print(f"sold for ${shop.sell('lamp', 3) / 100:.2f}, reorder: {', '.join(shop.to_reorder())}")
