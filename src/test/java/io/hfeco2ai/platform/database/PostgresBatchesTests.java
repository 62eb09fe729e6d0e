package io.hfeco2ai.platform.database;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import org.junit.jupiter.api.Test;

class PostgresBatchesTests {

    private static Object setting(String url) {
        try (HikariDataSource pool = new HikariDataSource()) {
            pool.setJdbcUrl(url);
            new PostgresBatches().postProcessBeforeInitialization(pool, "dataSource");
            return String.valueOf(pool.getDataSourceProperties().get("reWriteBatchedInserts"));
        }
    }

    @Test
    void postgresqlTakesManyRowsAtOnceUnlessItsAddressSaysOtherwise() {
        assertThat(setting("jdbc:postgresql://db.example.org/hf_eco2ai")).isEqualTo("true");
        assertThat(setting("jdbc:postgresql://db.example.org/hf_eco2ai?reWriteBatchedInserts=false"))
                .isEqualTo("null");
    }

    /** H2 refuses to open with a setting that it does not know. */
    @Test
    void theEmbeddedDatabaseIsLeftAsItIs() {
        assertThat(setting("jdbc:h2:mem:books")).isEqualTo("null");
    }
}
