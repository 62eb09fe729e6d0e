package io.hfeco2ai.edge.codecarbon;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * @param silence after which a tracker's run counts as ended at its last emission. Trackers report every 2 minutes by
 *     default, the command {@code codecarbon monitor} every 5
 */
@ConfigurationProperties("hfeco2ai.codecarbon")
record CodeCarbonProperties(@DefaultValue("15m") Duration silence) {}
