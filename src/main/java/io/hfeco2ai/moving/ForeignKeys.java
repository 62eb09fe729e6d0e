package io.hfeco2ai.moving;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * The foreign keys that no order of tables can satisfy: a table that refers to itself, or a circle. They are taken off
 * while rows come, and put back, checked by the database, when all are there.
 */
final class ForeignKeys {

    private static final String ALL =
            "SELECT k.conname, child.relname, parent.relname, pg_get_constraintdef(k.oid) FROM pg_constraint k"
                    + " JOIN pg_class child ON child.oid = k.conrelid JOIN pg_class parent ON parent.oid = k.confrelid"
                    + " JOIN pg_namespace n ON n.oid = child.relnamespace"
                    + " WHERE k.contype = 'f' AND n.nspname = ? ORDER BY 2, 1";

    private ForeignKeys() {}

    static void setAside(Connection target, List<Table> order, Progress progress) throws SQLException {
        List<String> names = order.stream().map(Table::name).toList();
        try (PreparedStatement select = target.prepareStatement(ALL);
                Statement statement = target.createStatement()) {
            select.setString(1, target.getSchema());
            ResultSet found = select.executeQuery();
            while (found.next()) {
                String child = found.getString(2);
                if (names.indexOf(found.getString(3)) >= names.indexOf(child)) {
                    String name = Table.quoted(found.getString(1));
                    String table = "ALTER TABLE " + Table.quoted(child);
                    progress.setAside(
                            child + "." + found.getString(1),
                            table + " ADD CONSTRAINT " + name + " " + found.getString(4));
                    statement.execute(table + " DROP CONSTRAINT " + name);
                }
            }
        }
    }

    static void putBack(Connection target, Progress progress) throws SQLException {
        try (Statement statement = target.createStatement()) {
            for (String sql : progress.takeSetAside()) {
                statement.execute(sql);
            }
        }
    }
}
