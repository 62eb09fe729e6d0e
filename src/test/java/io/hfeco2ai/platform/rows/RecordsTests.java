package io.hfeco2ai.platform.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hfeco2ai.testing.TestDatabases.Database;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.jdbc.core.simple.JdbcClient;

class RecordsTests {

    private static final String BOTH = "io.hfeco2ai.testing.TestDatabases#both";

    private enum Size {
        SMALL
    }

    private record Row(
            String teamId,
            int count,
            long fromMs,
            @Nullable Long toMs,
            boolean open,
            BigDecimal factor,
            Size size,
            @Nullable Size other) {}

    private record Missing(String teamId, String nobody) {}

    @ParameterizedTest
    @MethodSource(BOTH)
    void componentsAreFilledByTheNamesOfColumns(Database database) {
        String sql = "SELECT 7 AS count, 'a' AS team_id, CAST(5 AS BIGINT) AS from_ms, CAST(NULL AS BIGINT) AS to_ms,"
                + " TRUE AS open, 1.50 AS factor, 'SMALL' AS size, CAST(NULL AS VARCHAR(5)) AS other UNION ALL"
                + " SELECT 8, 'b', 6, 9, FALSE, 2.25, 'SMALL', 'SMALL' ORDER BY 1";
        assertThat(JdbcClient.create(database.dataSource())
                        .sql(sql)
                        .query(Records.of(Row.class))
                        .list())
                .containsExactly(
                        new Row("a", 7, 5, null, true, new BigDecimal("1.50"), Size.SMALL, null),
                        new Row("b", 8, 6, 9L, false, new BigDecimal("2.25"), Size.SMALL, Size.SMALL));
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void aComponentWithoutColumnIsNamed(Database database) {
        assertThatThrownBy(() -> JdbcClient.create(database.dataSource())
                        .sql("SELECT 'a' AS team_id")
                        .query(Records.of(Missing.class))
                        .list())
                .isInstanceOf(UncategorizedSQLException.class)
                .hasMessageContaining("no column for nobody of");
    }
}
