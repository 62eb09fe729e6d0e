package io.hfeco2ai.platform.pages;

import static org.assertj.core.api.Assertions.assertThat;

import io.hfeco2ai.platform.SignedIn;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.autoconfigure.context.MessageSourceProperties;
import org.springframework.context.MessageSource;

/** Every language says all that English says, of the same things. */
class LanguagesTests {

    private static final Path MESSAGES = Path.of("src/main/resources/messages");
    private static final String GERMAN = "_de";
    /** Addresses, names, units and code: the same in every language. */
    private static final Pattern NOT_WORDS =
            Pattern.compile("kit\\.nav\\..*\\.url|kit\\.product|me\\.language\\.(en|de)"
                    + "|clients\\.(python\\.(code|environment)|size)|cloud\\.(count|hour|kwh)"
                    + "|grid\\.provider\\.(electricity-maps|uk-carbon-intensity)"
                    + "|reports\\.(format\\.(json|csv|xlsx|pdf|cdx\\.json)|standard\\.(SCI|CYCLONEDX))");

    private static final Pattern ARGUMENT = Pattern.compile("\\{\\d");

    @ParameterizedTest
    @MethodSource("files")
    void everyTextIsTranslated(String file) throws IOException {
        Properties english = read(file);
        Properties german = read(file + GERMAN);
        Set<String> keys = new TreeSet<>(english.stringPropertyNames());
        keys.removeIf(NOT_WORDS.asMatchPredicate());
        assertThat(new TreeSet<>(german.stringPropertyNames())).isEqualTo(keys);
        for (String key : keys) {
            assertThat(arguments(german.getProperty(key))).as(key).isEqualTo(arguments(english.getProperty(key)));
        }
    }

    /** With arguments a single quote starts quoted text: it would vanish, and arguments after it with it. */
    @ParameterizedTest
    @MethodSource("files")
    void quotesAreDoubledWhereThereAreArguments(String file) throws IOException {
        for (String name : List.of(file, file + GERMAN)) {
            Properties texts = read(name);
            for (String key : texts.stringPropertyNames()) {
                String text = texts.getProperty(key);
                if (!arguments(text).isEmpty()) {
                    assertThat(text.replace("''", "")).as(key).doesNotContain("'");
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("languages")
    void numbersHaveOneForm(Locale language) {
        MessageSourceProperties properties = new MessageSourceProperties();
        properties.setBasename(List.of("messages/cloud", "messages/periods"));
        MessageSource messages = new Languages().messageSource(properties);
        assertThat(messages.getMessage("cloud.lines.of", new Object[] {1234, 5678}, language))
                .contains("1,234")
                .contains("5,678");
        assertThat(messages.getMessage("periods.allocated.text", new Object[] {2, 1234.5, 0.25}, language))
                .contains("1,234.500")
                .contains("0.250");
    }

    static List<Locale> languages() {
        return SignedIn.Reader.LANGUAGES;
    }

    static List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(MESSAGES)) {
            List<String> names = files.map(file -> file.getFileName().toString().replace(".properties", ""))
                    .toList();
            return names.stream()
                    .map(name -> name.replace(GERMAN, ""))
                    .distinct()
                    .sorted()
                    .toList();
        }
    }

    private static Set<String> arguments(String text) {
        return ARGUMENT.matcher(text).results().map(MatchResult::group).collect(Collectors.toCollection(TreeSet::new));
    }

    private static Properties read(String file) throws IOException {
        Properties texts = new Properties();
        try (Reader reader = Files.newBufferedReader(MESSAGES.resolve(file + ".properties"))) {
            texts.load(reader);
        }
        return texts;
    }
}
