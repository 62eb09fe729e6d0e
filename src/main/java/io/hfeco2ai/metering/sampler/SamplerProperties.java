package io.hfeco2ai.metering.sampler;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The sampler inside this server.
 *
 * @param enabled false: this server measures nothing itself
 * @param root where the machine's files are: {@code /}, or a recorded tree
 * @param replay a recording on the class path to play instead of measuring, for demonstrations; empty: measure
 */
@ConfigurationProperties("hfeco2ai.sampler")
record SamplerProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("/") String root,
        @DefaultValue("") String replay) {}
