package io.hfeco2ai.platform.pages;

import io.hfeco2ai.platform.SignedIn.Reader;
import jakarta.servlet.http.HttpServletRequest;
import java.text.MessageFormat;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.context.MessageSourceProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.MessageSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.ResourceBundleMessageSource;
import org.springframework.web.servlet.LocaleResolver;
import org.springframework.web.servlet.i18n.AcceptHeaderLocaleResolver;

/**
 * The languages of pages: what the person chose, else what the browser asks for, else English. Numbers and times have
 * one form in all of them, that of {@link io.hfeco2ai.units.Figures}, so that a figure can be read out to a colleague;
 * the API, reports, files and messages about wrong input are English.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(MessageSourceProperties.class)
class Languages {

    @Bean
    LocaleResolver localeResolver() {
        AcceptHeaderLocaleResolver resolver = new AcceptHeaderLocaleResolver() {
            @Override
            public Locale resolveLocale(HttpServletRequest request) {
                return request.getAttribute(Reader.ATTRIBUTE) instanceof Reader reader && reader.language() != null
                        ? reader.language()
                        : super.resolveLocale(request);
            }
        };
        resolver.setSupportedLocales(Reader.LANGUAGES);
        resolver.setDefaultLocale(Reader.LANGUAGES.get(0));
        return resolver;
    }

    @Bean
    MessageSource messageSource(MessageSourceProperties properties) {
        ResourceBundleMessageSource messages = new ResourceBundleMessageSource() {
            @Override
            protected MessageFormat createMessageFormat(String text, @Nullable Locale locale) {
                return new MessageFormat(text, Locale.ROOT);
            }
        };
        messages.setBasenames(properties.getBasename().toArray(String[]::new));
        messages.setDefaultEncoding(properties.getEncoding().name());
        messages.setFallbackToSystemLocale(false);
        return messages;
    }
}
