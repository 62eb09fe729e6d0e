package io.hfeco2ai.edge.mlflow.search;

import io.hfeco2ai.edge.mlflow.search.Condition.Field;
import io.hfeco2ai.edge.mlflow.search.Condition.Kind;
import io.hfeco2ai.edge.mlflow.search.Condition.Order;
import io.hfeco2ai.platform.BadInput;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Reads MLflow's filter and order_by: comparisons joined by AND, no OR, no parentheses but around lists. */
public final class FilterParser {

    private static final Set<String> OF_NUMBERS = Set.of("=", "!=", "<", "<=", ">", ">=");
    private static final Set<String> OF_TEXTS = Set.of("=", "!=", "LIKE", "ILIKE", "IN", "NOT IN");
    private static final Set<String> OF_MISSING = Set.of("IS NULL", "IS NOT NULL");
    private static final String SIGNS = "=!<>";

    private final Grammar grammar;
    private final String text;
    private int at;

    private FilterParser(Grammar grammar, String text) {
        this.grammar = grammar;
        this.text = text;
    }

    public static List<Condition> conditions(Grammar grammar, String filter) {
        FilterParser parser = new FilterParser(grammar, filter);
        List<Condition> conditions = new ArrayList<>();
        parser.space();
        while (!parser.ended()) {
            if (!conditions.isEmpty()) {
                parser.and();
            }
            conditions.add(parser.condition());
            parser.space();
        }
        return conditions;
    }

    public static Order order(Grammar grammar, String orderBy) {
        FilterParser parser = new FilterParser(grammar, orderBy.strip());
        Field field = parser.field();
        parser.space();
        String direction = parser.text.substring(parser.at).toLowerCase(Locale.ROOT);
        if (field.kind() == Kind.DATASET) {
            throw wrong("Invalid order_by clause '" + orderBy + "': runs are not ordered by datasets.");
        }
        if (!direction.isEmpty() && !direction.equals("asc") && !direction.equals("desc")) {
            throw wrong("Invalid ordering key in order_by clause '" + orderBy + "'.");
        }
        return new Order(field, direction.equals("desc"));
    }

    static BadInput wrong(String message) {
        return new BadInput("filter", message);
    }

    private void and() {
        int start = at;
        if (!word().equalsIgnoreCase("AND")) {
            throw wrong("Invalid clause(s) in filter string: '" + text.substring(start)
                    + "'. Comparisons are joined by AND; there is no OR and no parentheses.");
        }
        space();
    }

    private Condition condition() {
        Field field = field();
        space();
        String operator = operator();
        space();
        if (OF_MISSING.contains(operator)) {
            if (field.kind() != Kind.TAG && field.kind() != Kind.PARAM) {
                throw wrong(
                        "IS NULL / IS NOT NULL is only supported for tags and params, not for '" + field.key() + "'");
            }
            return new Condition(field, operator, List.of(), 0);
        }
        boolean number = grammar.isNumber(field);
        if (!(number ? OF_NUMBERS : OF_TEXTS).contains(operator)) {
            throw wrong("Invalid comparator '" + operator + "' for " + field.key() + ", not one of "
                    + (number ? OF_NUMBERS : OF_TEXTS));
        }
        if (number) {
            return new Condition(field, operator, List.of(), number(field));
        }
        boolean list = operator.endsWith("IN");
        if (list && !grammar.takesLists(field)) {
            throw wrong("Only attributes and datasets support comparison with a list of quoted string" + " values, not "
                    + field.key() + ".");
        }
        return new Condition(field, operator, list ? list() : List.of(quoted()), 0);
    }

    /** kind.key, or an attribute; key and kind may be in backticks, the key in double quotes too. */
    private Field field() {
        String first = at < text.length() && isQuote(text.charAt(at)) ? quoted() : name(true);
        if (ended() || text.charAt(at) != '.') {
            return grammar.attribute(first);
        }
        at++;
        String key = at < text.length() && isQuote(text.charAt(at)) ? quoted() : name(false);
        return grammar.field(first, key);
    }

    private static boolean isQuote(char character) {
        return character == '`' || character == '"' || character == '\'';
    }

    private String name(boolean untilDot) {
        int start = at;
        while (!ended() && isOfName(text.charAt(at)) && !(untilDot && text.charAt(at) == '.')) {
            at++;
        }
        if (at == start) {
            throw wrong("Invalid clause(s) in filter string: expected a field such as metrics.loss at '"
                    + text.substring(start) + "'");
        }
        return text.substring(start, at);
    }

    private static boolean isOfName(char character) {
        return !Character.isWhitespace(character) && SIGNS.indexOf(character) < 0 && "'\"`(),".indexOf(character) < 0;
    }

    private String operator() {
        int start = at;
        while (!ended() && SIGNS.indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        if (at > start) {
            return text.substring(start, at);
        }
        String operator = word().toUpperCase(Locale.ROOT);
        if (operator.equals("NOT") || operator.equals("IS")) {
            space();
            operator += " " + word().toUpperCase(Locale.ROOT);
        }
        if (operator.equals("IS NOT")) {
            space();
            operator += " " + word().toUpperCase(Locale.ROOT);
        }
        return operator;
    }

    private double number(Field field) {
        int start = at;
        while (!ended() && "+-.eE".indexOf(text.charAt(at)) >= 0 || !ended() && Character.isDigit(text.charAt(at))) {
            at++;
        }
        try {
            return Double.parseDouble(text.substring(start, at));
        } catch (NumberFormatException noNumber) {
            throw wrong("Expected numeric value type for " + field.key() + ". Found " + text.substring(start));
        }
    }

    private List<String> list() {
        List<String> texts = new ArrayList<>();
        expect('(');
        do {
            space();
            texts.add(quoted());
            space();
        } while (take(','));
        expect(')');
        return texts;
    }

    private void expect(char wanted) {
        if (!take(wanted)) {
            throw wrong("While parsing a list in the filter string, expected '" + wanted + "' at '" + text.substring(at)
                    + "'");
        }
    }

    private boolean take(char wanted) {
        boolean there = !ended() && text.charAt(at) == wanted;
        at += there ? 1 : 0;
        return there;
    }

    private String quoted() {
        if (ended() || !isQuote(text.charAt(at))) {
            throw wrong("Expected a quoted string value (e.g. 'my-value') at '" + text.substring(at) + "'");
        }
        char quote = text.charAt(at);
        int end = text.indexOf(quote, at + 1);
        if (end < 0) {
            throw wrong("The quote at '" + text.substring(at) + "' is not closed.");
        }
        String inside = text.substring(at + 1, end);
        at = end + 1;
        return inside;
    }

    private String word() {
        int start = at;
        while (!ended() && Character.isLetter(text.charAt(at))) {
            at++;
        }
        return text.substring(start, at);
    }

    private void space() {
        while (!ended() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }

    private boolean ended() {
        return at >= text.length();
    }
}
