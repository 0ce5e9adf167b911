"""How a chronicle writes losses and shares."""


def nats(loss: float) -> str:
    if loss >= 1000:
        return f"{loss:.1e}"
    return "under 0.01" if loss < 0.005 else f"{loss:.2f}"


def span(low: str, high: str) -> str:
    return f"at {low}" if low == high else f"between {low} and {high}"


def percent(share: float) -> str:
    """Write a share: only a whole one is 100 %, and only none 0 %."""
    shown = f"{100 * share:.0f}"
    if (shown == "0" and share > 0) or (shown == "100" and share < 1):
        shown = f"{min(max(100 * share, 0.1), 99.9):.1f}"
    return f"{shown}\N{NO-BREAK SPACE}%"
