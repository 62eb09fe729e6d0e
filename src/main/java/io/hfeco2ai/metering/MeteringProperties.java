package io.hfeco2ai.metering;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What metering takes in.
 *
 * @param maxAge how long ago an interval may have begun. A device is expected in all hours since its first sight, so one
 *     wrong clock that says "2000" would make 200,000 hours to compute
 */
@ConfigurationProperties("hfeco2ai.metering")
record MeteringProperties(@DefaultValue("400d") Duration maxAge) {}
