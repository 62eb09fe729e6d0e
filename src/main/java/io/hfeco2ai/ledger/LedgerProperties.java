package io.hfeco2ai.ledger;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the books are kept.
 *
 * @param grace how long after its end an hour waits for late data before its entries are posted
 */
@ConfigurationProperties("hfeco2ai.ledger")
record LedgerProperties(@DefaultValue("2h") Duration grace) {}
