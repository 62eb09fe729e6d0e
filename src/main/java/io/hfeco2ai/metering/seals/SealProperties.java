package io.hfeco2ai.metering.seals;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/** @param keepRaw how long after the end of their UTC day intervals stay single rows; 1 day or more */
@ConfigurationProperties("hfeco2ai.metering")
record SealProperties(@DefaultValue("14d") Duration keepRaw) {

    SealProperties {
        if (keepRaw.compareTo(Duration.ofDays(1)) < 0) {
            throw new IllegalArgumentException("hfeco2ai.metering.keep-raw is " + keepRaw + ": give 1d or more.");
        }
    }
}
