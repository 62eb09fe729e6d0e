package io.hfeco2ai.grid.factors;

import io.hfeco2ai.grid.GridOnDatabase;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;

/** The feeds' tables, for tests of who fills them. */
public final class FeedsOnDatabase {

    private FeedsOnDatabase() {}

    public static Feeds of(GridOnDatabase on, DataSource database) {
        JdbcTemplate jdbc = new JdbcTemplate(database);
        EditionStore editions = new EditionStore(jdbc);
        return new Feeds(on.grid(), new FeedStore(jdbc, editions), editions, on.clock());
    }
}
