package io.hfeco2ai.moving;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Backups of the embedded database while the server runs.
 *
 * @param folder where they go; null: none are made
 * @param every how long after the newest the next one is made
 * @param keep how many stay; older ones are removed
 */
@ConfigurationProperties("hfeco2ai.backup")
record BackupProperties(
        @Nullable Path folder,
        @DefaultValue("24h") Duration every,
        @DefaultValue("7") int keep) {

    BackupProperties {
        if (every.isNegative() || every.isZero() || keep < 1) {
            throw new IllegalArgumentException("hfeco2ai.backup.every must be longer than 0 and keep at least 1");
        }
    }
}
