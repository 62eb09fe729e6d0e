package io.hfeco2ai.edge.mlflow.search;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One comparison of a filter.
 *
 * @param operator = != &lt; &lt;= &gt; &gt;= LIKE ILIKE IN, NOT IN, IS NULL, IS NOT NULL
 * @param texts what text is compared with: one, or those of a list; empty when a number is
 * @param number what a number is compared with
 */
public record Condition(Field field, String operator, List<String> texts, double number) {

    public enum Kind {
        METRIC,
        PARAM,
        TAG,
        ATTRIBUTE,
        DATASET
    }

    /** @param key of an attribute: its first name */
    public record Field(Kind kind, String key) {}

    /** @param descending the largest first */
    public record Order(Field field, boolean descending) {}

    public String text() {
        return texts.get(0);
    }

    /** As the databases do it: of what is not there nothing is true but IS NULL. */
    public boolean matches(@Nullable String content) {
        if (operator.equals("IS NULL")) {
            return content == null;
        }
        if (content == null) {
            return false;
        }
        return switch (operator) {
            case "IS NOT NULL" -> true;
            case "=" -> content.equals(text());
            case "!=" -> !content.equals(text());
            case "IN" -> texts.contains(content);
            case "NOT IN" -> !texts.contains(content);
            case "LIKE" -> like(text()).matcher(content).matches();
            default ->
                like(text().toLowerCase(Locale.ROOT))
                        .matcher(content.toLowerCase(Locale.ROOT))
                        .matches();
        };
    }

    public boolean matches(@Nullable Double content) {
        if (content == null) {
            return false;
        }
        double amount = content;
        return switch (operator) {
            case "=" -> amount == number;
            case "!=" -> amount != number;
            case "<" -> amount < number;
            case "<=" -> amount <= number;
            case ">" -> amount > number;
            default -> amount >= number;
        };
    }

    private static Pattern like(String pattern) {
        StringBuilder regex = new StringBuilder();
        for (char each : pattern.toCharArray()) {
            regex.append(each == '%' ? ".*" : each == '_' ? "." : Pattern.quote(String.valueOf(each)));
        }
        return Pattern.compile(regex.toString(), Pattern.DOTALL);
    }
}
