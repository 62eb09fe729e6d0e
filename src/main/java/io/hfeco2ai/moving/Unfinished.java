package io.hfeco2ai.moving;

import java.sql.Connection;
import java.sql.SQLException;
import org.flywaydb.core.Flyway;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;
import org.springframework.stereotype.Component;

/** Keeps a server from starting on half of the data: it would add its own rows, and the copy could not go on. */
@Component
class Unfinished implements FlywayMigrationStrategy {

    @Override
    public void migrate(Flyway flyway) {
        try (Connection connection = flyway.getConfiguration().getDataSource().getConnection()) {
            if (Progress.exists(connection)) {
                throw new Refused(
                        "The database holds a copy that is not finished.",
                        "Give the command `migrate` again until it says that both sides are the same.");
            }
        } catch (SQLException e) {
            throw new IllegalStateException("The database cannot be asked for its tables: " + e.getMessage(), e);
        }
        flyway.migrate();
    }
}
