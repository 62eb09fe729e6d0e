package io.hfeco2ai.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.DuplicateKeyException;

/** What the caller is told of an exception. */
class ProblemsTests {

    @Test
    void twoCallsThatStoreTheSameAtOnceAreNoFaultOfTheServer() {
        Problem problem = Problems.of(new DuplicateKeyException("INSERT INTO site: PRIMARY_KEY_35"), "/sites");
        assertThat(problem.status()).isEqualTo(409);
        assertThat(problem.detail()).doesNotContain("INSERT").contains("look whether it is there");
        assertThat(Problems.of(new DataIntegrityViolationException("CHECK"), "/sites")
                        .status())
                .isEqualTo(500);
    }

    @Test
    void aDatabaseThatCannotBeReachedIsToBeTriedAgain() {
        Problem problem = Problems.of(
                new DataAccessResourceFailureException("commit", new SQLNonTransientConnectionException("closed")),
                "/runs");
        assertThat(problem.status()).isEqualTo(503);
        assertThat(problem.detail()).contains("try again").doesNotContain("closed");
        assertThat(Problems.of(
                                new DataAccessResourceFailureException(
                                        "commit", new SQLException("general", new IOException("No space left"))),
                                "/runs")
                        .status())
                .isEqualTo(503);
        assertThat(Problems.of(new DataAccessResourceFailureException("commit", new SQLException("syntax")), "/runs")
                        .status())
                .isEqualTo(500);
    }
}
