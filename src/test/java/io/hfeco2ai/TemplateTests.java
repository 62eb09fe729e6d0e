package io.hfeco2ai;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every template keeps to: short, no literal text, nothing inline that the content policy would block. */
class TemplateTests {

    private static final Path TEMPLATES = Path.of("src/main/resources/templates");
    private static final Path MESSAGES = Path.of("src/main/resources/messages");
    private static final Pattern INLINE_CODE = Pattern.compile(
            "<style|\\s(?:style|on[a-z]+|th:style|th:on[a-z]+|th:utext|hx-on[^=]*)\\s*=|\\[\\(|<script(?![^>]*(?:src=|application/json))",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern LITERAL_ATTRIBUTE =
            Pattern.compile("\\s(?:title|alt|placeholder|aria-label)=\"[^\"]*\\p{L}[^\"]*\"");
    private static final Pattern REPLACED_AND_CONDITIONAL = Pattern.compile(
            "<(?=[^>]*\\sth:(?:replace|insert)=)(?=[^>]*\\sth:(?:if|unless|each|with|switch|case)=)[^>]*>");
    private static final Pattern SCROLLS_BY_MOUSE_ALONE =
            Pattern.compile("<(?=[^>]*\\sclass=\"[^\"]*\\bscroll\\b)(?![^>]*\\stabindex=\"0\")[^>]*>");
    private static final Pattern KEY = Pattern.compile("#\\{([A-Za-z0-9.-]+)[(}]");

    @ParameterizedTest
    @MethodSource("templates")
    void aTemplateHasAtMostAHundredLines(Path template) throws IOException {
        assertThat(Files.readAllLines(template)).hasSizeLessThanOrEqualTo(100);
    }

    @ParameterizedTest
    @MethodSource("templates")
    void nothingIsInline(Path template) {
        assertThat(found(INLINE_CODE, markup(template))).isEmpty();
    }

    /** Thymeleaf replaces first, so a condition or loop on the same tag would silently not count. */
    @ParameterizedTest
    @MethodSource("templates")
    void nothingDecidesOnATagThatIsReplaced(Path template) {
        assertThat(found(REPLACED_AND_CONDITIONAL, markup(template))).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("templates")
    void whatScrollsIsReachedByKeyboard(Path template) {
        assertThat(found(SCROLLS_BY_MOUSE_ALONE, markup(template))).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("templates")
    void noTextIsLiteral(Path template) {
        String markup = markup(template);
        String text =
                markup.replaceAll("<(?:\"[^\"]*\"|'[^']*'|[^>\"'])*>", " ").replaceAll("\\[\\[.*?]]", " ");
        assertThat(found(Pattern.compile("\\p{L}[\\p{L} ]*"), text)).isEmpty();
        assertThat(found(LITERAL_ATTRIBUTE, markup)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("templates")
    void everyTextIsWritten(Path template) {
        Set<String> missing = new TreeSet<>();
        Matcher key = KEY.matcher(markup(template));
        while (key.find()) {
            missing.add(key.group(1));
        }
        missing.removeAll(messages().stringPropertyNames());
        assertThat(missing).isEmpty();
    }

    static List<Path> templates() throws IOException {
        try (Stream<Path> files = Files.walk(TEMPLATES)) {
            return files.filter(file -> file.toString().endsWith(".html"))
                    .sorted()
                    .toList();
        }
    }

    private static Properties messages() {
        Properties all = new Properties();
        try (Stream<Path> files = Files.list(MESSAGES)) {
            for (Path file :
                    files.filter(file -> !file.toString().contains("_")).toList()) {
                try (Reader reader = Files.newBufferedReader(file)) {
                    all.load(reader);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return all;
    }

    private static String markup(Path template) {
        try {
            return Files.readString(template).replaceAll("(?s)<!--.*?-->", "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> found(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(hit -> hit.group().strip()).toList();
    }
}
