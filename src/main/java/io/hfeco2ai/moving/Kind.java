package io.hfeco2ai.moving;

import java.math.BigDecimal;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How the content of a column is read, written and spelt: the same text for the same content, whichever database has it. */
enum Kind {
    TEXT("text", Types.VARCHAR),
    WHOLE("int8", Types.BIGINT),
    DECIMAL("numeric", Types.NUMERIC),
    FRACTION("float8", Types.DOUBLE),
    FLAG("bool", Types.BOOLEAN),
    INSTANT("timestamptz", Types.TIMESTAMP_WITH_TIMEZONE),
    DAY("date", Types.DATE),
    BYTES("bytea", Types.BINARY);

    /** What a content of a fixed length is taken for in {@link #size}. */
    private static final int FIXED = 16;

    private final String postgresType;
    private final int sqlType;

    Kind(String postgresType, int sqlType) {
        this.postgresType = postgresType;
        this.sqlType = sqlType;
    }

    /** @param dataType as in information_schema.columns; null: a type that cannot be moved */
    static @Nullable Kind of(String dataType) {
        return switch (dataType.toUpperCase(Locale.ROOT)) {
            case "CHARACTER VARYING", "CHARACTER LARGE OBJECT", "TEXT" -> TEXT;
            case "BIGINT", "INTEGER", "SMALLINT" -> WHOLE;
            case "NUMERIC" -> DECIMAL;
            case "DOUBLE PRECISION" -> FRACTION;
            case "BOOLEAN" -> FLAG;
            case "TIMESTAMP WITH TIME ZONE" -> INSTANT;
            case "DATE" -> DAY;
            case "BINARY VARYING", "BINARY LARGE OBJECT", "BYTEA" -> BYTES;
            default -> null;
        };
    }

    /** The type of an array's elements in PostgreSQL. */
    String postgresType() {
        return postgresType;
    }

    @Nullable Object read(ResultSet rows, int column) throws SQLException {
        Object content = switch (this) {
            case TEXT -> rows.getString(column);
            case WHOLE -> rows.getLong(column);
            case DECIMAL -> rows.getBigDecimal(column);
            case FRACTION -> rows.getDouble(column);
            case FLAG -> rows.getBoolean(column);
            case INSTANT -> rows.getObject(column, OffsetDateTime.class);
            case DAY -> rows.getObject(column, LocalDate.class);
            case BYTES -> rows.getBytes(column);
        };
        return rows.wasNull() ? null : content;
    }

    void write(PreparedStatement statement, int parameter, @Nullable Object content) throws SQLException {
        if (content == null) {
            statement.setNull(parameter, sqlType);
        } else if (content instanceof byte[] bytes) {
            statement.setBytes(parameter, bytes);
        } else {
            statement.setObject(parameter, content);
        }
    }

    /** Without what only one of the databases keeps: the offset of an instant, trailing zeros, the sign of 0. */
    String text(Object content) {
        return switch (this) {
            case INSTANT ->
                ((OffsetDateTime) content)
                        .withOffsetSameInstant(ZoneOffset.UTC)
                        .truncatedTo(ChronoUnit.MICROS)
                        .toString();
            case DECIMAL -> ((BigDecimal) content).stripTrailingZeros().toPlainString();
            case FRACTION -> content.equals(-0.0) ? "0.0" : content.toString();
            case BYTES -> HexFormat.of().formatHex((byte[]) content);
            case TEXT, WHOLE, FLAG, DAY -> content.toString();
        };
    }

    /** The opposite of {@link #text}. */
    Object parse(String text) {
        return switch (this) {
            case TEXT -> text;
            case WHOLE -> Long.valueOf(text);
            case DECIMAL -> new BigDecimal(text);
            case FRACTION -> Double.valueOf(text);
            case FLAG -> Boolean.valueOf(text);
            case INSTANT -> OffsetDateTime.parse(text);
            case DAY -> LocalDate.parse(text);
            case BYTES -> HexFormat.of().parseHex(text);
        };
    }

    /** About how much memory it takes, in bytes or characters. */
    static int size(@Nullable Object content) {
        if (content instanceof String text) {
            return text.length();
        }
        return content instanceof byte[] bytes ? bytes.length : FIXED;
    }

    /** Why PostgreSQL cannot store the content that H2 has; null: it can. */
    static @Nullable String unstorable(@Nullable Object content) {
        if (!(content instanceof String text)) {
            return null;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0) {
                return "the character U+0000";
            }
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                return "half of a character (" + String.format("U+%04X", (int) c) + ")";
            }
        }
        return null;
    }
}
