package io.hfeco2ai.platform;

/** A setting has a new content; published inside the transaction that stores it. */
public record SettingChanged(String name) {}
