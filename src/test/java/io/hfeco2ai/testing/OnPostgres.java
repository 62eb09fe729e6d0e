package io.hfeco2ai.testing;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.test.context.ContextConfigurationAttributes;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.ContextCustomizerFactory;
import org.springframework.test.context.MergedContextConfiguration;
import org.springframework.test.context.TestContextAnnotationUtils;

/** With -Ppostgres the tests of the whole application run on PostgreSQL, each application in a schema of its own. */
final class OnPostgres implements ContextCustomizerFactory {

    static final String ASKED_FOR = "hfeco2ai.tests.postgres";

    @Override
    public @Nullable ContextCustomizer createContextCustomizer(
            Class<?> testClass, List<ContextConfigurationAttributes> configAttributes) {
        boolean wholeApplication = TestContextAnnotationUtils.hasAnnotation(testClass, SpringBootTest.class);
        return Boolean.getBoolean(ASKED_FOR) && wholeApplication ? new Database() : null;
    }

    /** A record, so that tests with the same settings share one application. */
    private record Database() implements ContextCustomizer {
        @Override
        public void customizeContext(ConfigurableApplicationContext context, MergedContextConfiguration mergedConfig) {
            context.getEnvironment()
                    .getPropertySources()
                    .addFirst(new MapPropertySource(
                            ASKED_FOR,
                            Map.of(
                                    "spring.datasource.url",
                                    TestDatabases.emptyPostgres(),
                                    "spring.datasource.username",
                                    "postgres",
                                    "spring.datasource.hikari.maximum-pool-size",
                                    5)));
        }
    }
}
