package io.hfeco2ai.metering;

import org.jspecify.annotations.Nullable;

/** Sealed intervals are not what was sealed: no figure is made from them. */
public final class TornSeal extends IllegalStateException {

    private static final long serialVersionUID = 1;

    public TornSeal(String name, @Nullable Throwable cause) {
        super(
                "The sealed intervals of " + name
                        + " do not match their hash: somebody changed the table interval_seal,"
                        + " or the disk did. Restore the row from a backup.",
                cause);
    }
}
