package io.hfeco2ai.moving;

import io.hfeco2ai.audit.Audit;
import io.hfeco2ai.ledger.Ledger;
import java.io.PrintWriter;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** The steps of a move, told line by line. */
final class Move {

    private static final int FETCH = 1000;
    private static final double SECOND_NANOS = 1e9;
    private static final long TELL_EVERY_NANOS = 10_000_000_000L;

    private final Source source;
    private final Target target;
    private final Schema schema;
    private final PrintWriter out;
    private final LongSupplier nanoTime;

    Move(Source source, Target target, PrintWriter out, LongSupplier nanoTime) throws SQLException {
        this.source = source;
        this.target = target;
        this.schema = source.schema();
        this.out = out;
        this.nanoTime = nanoTime;
        target.lock();
    }

    /** @return whether both sides are the same and nobody has touched what is chained */
    boolean copyAndVerify() throws SQLException {
        Progress progress = target.prepare(source, schema);
        for (Table table : schema.tables()) {
            copy(table, progress);
        }
        ForeignKeys.putBack(target.connection(), progress);
        for (String sequence : schema.sequences()) {
            target.setNext(sequence, source.next(sequence));
        }
        target.connection().commit();
        if (!compare()) {
            return notEqual();
        }
        progress.drop();
        target.connection().commit();
        return chains();
    }

    /** Changes nothing. */
    boolean check() throws SQLException {
        target.checkFinished();
        target.checkSchema(schema);
        return compare() ? chains() : notEqual();
    }

    private boolean notEqual() {
        line("NOT EQUAL: the target is no copy of the source as it is now. Begin again with an empty database.");
        return false;
    }

    private void copy(Table table, Progress progress) throws SQLException {
        long[] times = {nanoTime.getAsLong(), nanoTime.getAsLong()};
        try {
            long rows = new TableCopy(table, source, target, progress).run(copied -> {
                if (nanoTime.getAsLong() - times[1] > TELL_EVERY_NANOS) {
                    times[1] = nanoTime.getAsLong();
                    line("%-24s %,14d rows so far", table.name(), copied);
                }
            });
            double seconds = (nanoTime.getAsLong() - times[0]) / SECOND_NANOS;
            line("%-24s %,14d rows copied in %.1f s", table.name(), rows, seconds);
            target.execute("ANALYZE " + table.quoted());
            target.connection().commit();
        } catch (SQLException e) {
            throw new SQLException("table " + table.name() + ": " + e.getMessage(), e.getSQLState(), e);
        }
    }

    private boolean compare() throws SQLException {
        // Each row is looked up by its key, however little the planner knows of a table that was just filled.
        for (String way : List.of("hashjoin", "mergejoin", "seqscan")) {
            target.execute("SET enable_" + way + " = off");
        }
        boolean equal = true;
        for (Table table : schema.tables()) {
            TableComparison.Result result = new TableComparison(table, source, target).run();
            equal &= told(table, result);
        }
        for (String sequence : schema.sequences()) {
            equal &= told(sequence, source.next(sequence), target.next(sequence));
        }
        for (String way : List.of("hashjoin", "mergejoin", "seqscan")) {
            target.execute("RESET enable_" + way);
        }
        return equal;
    }

    private boolean told(Table table, TableComparison.Result result) {
        if (result.equal()) {
            line("%-24s %,14d rows equal, SHA-256 %s", table.name(), result.sourceRows(), result.sourceHash());
            return true;
        }
        line(
                "%-24s %,14d rows, on the target %,d: %,d differ",
                table.name(), result.sourceRows(), result.targetRows(), result.differences());
        result.told().forEach(each -> line("  %s", each));
        return false;
    }

    private boolean told(String sequence, long here, long there) {
        if (here != there) {
            line("sequence %s: gives %d next, on the target %d", sequence, here, there);
        }
        return here == there;
    }

    private boolean chains() throws SQLException {
        JdbcTemplate jdbc = new JdbcTemplate(new SingleConnectionDataSource(target.connection(), true));
        jdbc.setFetchSize(FETCH);
        Ledger.Chains chains = Ledger.verifyChains(jdbc);
        Audit.Check trail = Audit.verify(jdbc);
        target.connection().rollback();
        line(
                "%,d chains of posted entries: %s",
                chains.count(), chains.problems().isEmpty() ? "whole" : "BROKEN");
        chains.problems().forEach(each -> line("  %s", each));
        line("audit trail, %,d rows: %s", trail.rows(), trail.whole() ? "whole" : "BROKEN");
        if (!trail.whole()) {
            line("  changed rows: %s, removed rows: %s", trail.changed(), trail.missing());
        }
        boolean whole = chains.problems().isEmpty() && trail.whole();
        line(
                "Both sides are the same. %sStart the server on %s.",
                whole ? "" : "The chain was broken in the source already: rows were changed there by hand. ",
                target.place());
        return whole;
    }

    private void line(String format, Object... parts) {
        out.println(String.format(Locale.ROOT, format, parts));
        out.flush();
    }
}
