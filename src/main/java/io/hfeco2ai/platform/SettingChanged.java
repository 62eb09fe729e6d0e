package io.hfeco2ai.platform;

import org.jspecify.annotations.Nullable;

/**
 * A setting has a new content; published inside the transaction that stores it. Settings hold no secrets.
 *
 * @param before null: it was never set
 */
public record SettingChanged(String name, @Nullable String before, String after) {}
