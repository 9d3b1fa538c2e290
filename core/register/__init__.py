"""The public register: what of the accredited units is published, their tariffs, and whom municipalities choose."""
