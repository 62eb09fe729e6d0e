package io.hfeco2ai.edge.mlflow.search;

import io.hfeco2ai.platform.BadInput;
import org.jspecify.annotations.Nullable;

/** Which lifecycle stages a search shows; clients send the name or its number from 1. */
public enum View {
    ACTIVE_ONLY,
    DELETED_ONLY,
    ALL;

    /** @param given null: only active ones */
    public static View of(@Nullable String given) {
        if (given == null) {
            return ACTIVE_ONLY;
        }
        for (View each : values()) {
            if (each.name().equalsIgnoreCase(given) || given.equals(String.valueOf(each.ordinal() + 1))) {
                return each;
            }
        }
        throw new BadInput("view_type", "Invalid view type; it must be ACTIVE_ONLY, DELETED_ONLY or ALL.");
    }

    /** @param column holds active or deleted, or null for active */
    public String sql(String column) {
        String stage = "COALESCE(" + column + ", 'active')";
        return switch (this) {
            case ACTIVE_ONLY -> stage + " = 'active'";
            case DELETED_ONLY -> stage + " = 'deleted'";
            case ALL -> "1 = 1";
        };
    }
}
