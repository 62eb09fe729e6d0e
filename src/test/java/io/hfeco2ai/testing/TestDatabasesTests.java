package io.hfeco2ai.testing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.jdbc.core.simple.JdbcClient;

class TestDatabasesTests {

    @ParameterizedTest
    @MethodSource("io.hfeco2ai.testing.TestDatabases#both")
    void theSchemaIsTheSameOnBothDatabases(TestDatabases.Database database) {
        JdbcClient jdbc = JdbcClient.create(database.dataSource());
        assertThat(jdbc.sql("SELECT COUNT(*) FROM energy_interval")
                        .query(Long.class)
                        .single())
                .isZero();
    }
}
