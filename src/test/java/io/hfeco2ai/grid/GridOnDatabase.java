package io.hfeco2ai.grid;

import java.time.Clock;
import java.util.List;
import javax.sql.DataSource;

/** The module on a database for tests of its inner packages: it is 2025-03-10T12:34:56Z until {@link #tick}. */
public final class GridOnDatabase {

    private final GridFixture fixture;

    /** @param zone of the default site */
    public GridOnDatabase(DataSource database, String zone) {
        fixture = new GridFixture(database).started(zone, null);
    }

    public Grid grid() {
        return fixture.grid;
    }

    public Clock clock() {
        return fixture.clock();
    }

    /** What was published, oldest first. */
    public List<Object> events() {
        return fixture.events;
    }

    public void heard(Object event) {
        fixture.events.add(event);
    }

    public void at(String instant) {
        fixture.at(instant);
    }

    /** A second later. */
    public void tick() {
        fixture.at(fixture.clock().instant().plusSeconds(1).toString());
    }
}
