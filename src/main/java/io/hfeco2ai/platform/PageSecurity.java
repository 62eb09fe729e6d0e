package io.hfeco2ai.platform;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.security.authentication.InsufficientAuthenticationException;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.HeadersConfigurer;
import org.springframework.security.core.AuthenticatedPrincipal;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.session.SessionRegistry;
import org.springframework.security.core.session.SessionRegistryImpl;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.SavedRequestAwareAuthenticationSuccessHandler;
import org.springframework.security.web.authentication.SimpleUrlAuthenticationFailureHandler;
import org.springframework.security.web.authentication.UsernamePasswordAuthenticationFilter;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter.ReferrerPolicy;
import org.springframework.security.web.savedrequest.HttpSessionRequestCache;
import org.springframework.security.web.session.HttpSessionEventPublisher;
import org.springframework.web.filter.OncePerRequestFilter;

/** The chain of the pages, after those of all edges: a session, a login form, and CSRF tokens. */
@Configuration(proxyBeanMethods = false)
class PageSecurity {

    private static final String CONTENT_POLICY = "default-src 'self'; style-src 'self'; img-src 'self' data:;"
            + " object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";
    private static final String[] PUBLIC = {
        "/clients",
        "/clients/**",
        "/invitations/*",
        "/login",
        "/css/**",
        "/js/**",
        "/img/**",
        "/webjars/**",
        "/favicon.ico",
        "/actuator/health",
        "/actuator/health/**"
    };

    @Bean
    SessionRegistry sessionRegistry() {
        return new SessionRegistryImpl();
    }

    /** Tells the registry of sessions that end by themselves. */
    @Bean
    HttpSessionEventPublisher sessionEvents() {
        return new HttpSessionEventPublisher();
    }

    /** The user name of whoever signed in, in whichever way. */
    static String nameOf(Object principal) {
        return principal instanceof AuthenticatedPrincipal named
                ? named.getName()
                : principal instanceof UserDetails user ? user.getUsername() : "";
    }

    @Bean
    @Order(Ordered.LOWEST_PRECEDENCE)
    SecurityFilterChain pages(
            HttpSecurity http,
            Errors errors,
            SignInThrottle throttle,
            SessionRegistry sessions,
            ElsewhereSignIn elsewhere)
            throws Exception {
        PageSignIn signIn = new PageSignIn(errors);
        elsewhere.addTo(http, new Succeeded(throttle));
        return http.authorizeHttpRequests(requests -> requests.dispatcherTypeMatchers(
                                DispatcherType.ERROR, DispatcherType.FORWARD, DispatcherType.ASYNC)
                        .permitAll()
                        .requestMatchers(PUBLIC)
                        .permitAll()
                        .requestMatchers("/actuator/**")
                        .hasAnyRole("ADMIN", "AUDITOR")
                        .anyRequest()
                        .authenticated())
                .formLogin(form -> form.loginPage("/login")
                        .successHandler(new Succeeded(throttle))
                        .failureHandler(new Failed(throttle)))
                .logout(logout -> logout.logoutSuccessUrl("/login?logout"))
                .sessionManagement(management -> management.sessionConcurrency(concurrency -> concurrency
                        .maximumSessions(-1)
                        .sessionRegistry(sessions)
                        .expiredSessionStrategy(ended -> signIn.commence(
                                ended.getRequest(),
                                ended.getResponse(),
                                new InsufficientAuthenticationException("the session was ended")))))
                .addFilterBefore(new Wait(throttle), UsernamePasswordAuthenticationFilter.class)
                .requestCache(cache -> cache.requestCache(onlyWholePages()))
                .exceptionHandling(
                        handling -> handling.authenticationEntryPoint(signIn).accessDeniedHandler(signIn))
                .headers(headers -> headers.contentSecurityPolicy(policy -> policy.policyDirectives(CONTENT_POLICY))
                        .frameOptions(HeadersConfigurer.FrameOptionsConfig::deny)
                        .referrerPolicy(policy -> policy.policy(ReferrerPolicy.SAME_ORIGIN))
                        .permissionsPolicyHeader(policy -> policy.policy("camera=(), microphone=(), geolocation=()")))
                .build();
    }

    /** After signing in the browser goes back to a page, never to a part of one or to a stream. */
    private static HttpSessionRequestCache onlyWholePages() {
        HttpSessionRequestCache cache = new HttpSessionRequestCache();
        cache.setRequestMatcher(request -> "GET".equals(request.getMethod()) && PageSignIn.wantsPage(request));
        return cache;
    }

    private static String username(HttpServletRequest request) {
        String username = request.getParameter(UsernamePasswordAuthenticationFilter.SPRING_SECURITY_FORM_USERNAME_KEY);
        return username == null ? "" : username;
    }

    /** Sends whoever failed too often away before the password is even looked at. */
    private static final class Wait extends OncePerRequestFilter {

        private final SignInThrottle throttle;

        Wait(SignInThrottle throttle) {
            this.throttle = throttle;
        }

        @Override
        protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                throws ServletException, IOException {
            boolean signsIn = "POST".equals(request.getMethod()) && "/login".equals(request.getServletPath());
            if (signsIn && throttle.mustWait(username(request), request.getRemoteAddr())) {
                response.sendRedirect(request.getContextPath() + "/login?wait");
            } else {
                chain.doFilter(request, response);
            }
        }
    }

    private static final class Failed extends SimpleUrlAuthenticationFailureHandler {

        private final SignInThrottle throttle;

        Failed(SignInThrottle throttle) {
            super("/login?error");
            this.throttle = throttle;
        }

        @Override
        public void onAuthenticationFailure(
                HttpServletRequest request, HttpServletResponse response, AuthenticationException failure)
                throws IOException, ServletException {
            throttle.failed(username(request), request.getRemoteAddr());
            super.onAuthenticationFailure(request, response, failure);
        }
    }

    private static final class Succeeded extends SavedRequestAwareAuthenticationSuccessHandler {

        private final SignInThrottle throttle;

        Succeeded(SignInThrottle throttle) {
            this.throttle = throttle;
            setRequestCache(onlyWholePages());
        }

        @Override
        public void onAuthenticationSuccess(
                HttpServletRequest request, HttpServletResponse response, Authentication authentication)
                throws IOException, ServletException {
            throttle.succeeded(username(request), request.getRemoteAddr());
            super.onAuthenticationSuccess(request, response, authentication);
        }
    }
}
