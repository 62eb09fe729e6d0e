package io.hfeco2ai.grid;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * What the default site gets at first start; later the page decides.
 *
 * @param zone a zone code such as DE or a cloud region such as aws:eu-west-1; unset = asked for on the page
 * @param pue facility energy ÷ IT energy, 1 to 5; unset = unknown
 */
@ConfigurationProperties("hfeco2ai.site")
record SiteProperties(@Nullable String zone, @Nullable BigDecimal pue) {}
