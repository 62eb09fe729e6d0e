package io.hfeco2ai.platform.rows;

import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeanUtils;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.support.JdbcUtils;

/**
 * Rows as records: the component {@code teamId} is of the column {@code team_id}. For one query each.
 *
 * <p>Spring's own mapping of classes asks the driver for a column {@code teamId} first, in each row anew, and takes its
 * exception for an answer; with thousands of rows that was most of a page's time, and H2 writes each into a file.
 */
public final class Records<T extends Record> implements RowMapper<T> {

    private final Constructor<T> constructor;
    private final RecordComponent[] components;
    /** By component; found in the first row. */
    private int @Nullable [] columns;

    private Records(Class<T> type) {
        this.components = type.getRecordComponents();
        try {
            this.constructor = type.getDeclaredConstructor(
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException("every record has its canonical constructor", e);
        }
        constructor.setAccessible(true);
    }

    public static <T extends Record> Records<T> of(Class<T> type) {
        return new Records<>(type);
    }

    /** @throws SQLException a component has no column */
    @Override
    public T mapRow(ResultSet row, int number) throws SQLException {
        if (columns == null) {
            columns = columns(row.getMetaData());
        }
        @Nullable Object[] parts = new Object[components.length];
        for (int i = 0; i < parts.length; i++) {
            parts[i] = part(row, columns[i], components[i].getType());
        }
        return BeanUtils.instantiateClass(constructor, parts);
    }

    private int[] columns(ResultSetMetaData answer) throws SQLException {
        Map<String, Integer> places = new HashMap<>();
        for (int i = answer.getColumnCount(); i > 0; i--) {
            places.put(JdbcUtils.lookupColumnName(answer, i).replace("_", "").toLowerCase(Locale.ROOT), i);
        }
        int[] found = new int[components.length];
        for (int i = 0; i < found.length; i++) {
            String name = components[i].getName();
            Integer place = places.get(name.toLowerCase(Locale.ROOT));
            if (place == null) {
                throw new SQLException("no column for " + name + " of "
                        + constructor.getDeclaringClass().getName());
            }
            found[i] = place;
        }
        return found;
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static @Nullable Object part(ResultSet row, int column, Class<?> type) throws SQLException {
        if (type.isEnum()) {
            String name = row.getString(column);
            return name == null ? null : Enum.valueOf((Class<? extends Enum>) type, name);
        }
        return JdbcUtils.getResultSetValue(row, column, type);
    }
}
