package io.hfeco2ai.teams;

import io.hfeco2ai.platform.Forbidden;
import io.hfeco2ai.teams.Allow.People;
import io.hfeco2ai.teams.Allow.Tokens;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.security.authentication.InsufficientAuthenticationException;
import org.springframework.stereotype.Component;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Lets nobody call a route that its {@link Allow} does not open to them; a route without one is closed. */
@Component
class RouteGuard implements HandlerInterceptor, WebMvcConfigurer {

    private static final String OURS = "io.hfeco2ai.";
    /** Answers for the others: the error page has no rights of its own. */
    private static final String PLATFORM = "io.hfeco2ai.platform.";

    private final Access access;

    RouteGuard(Access access) {
        this.access = access;
    }

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(this);
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        // A stream that ends comes back here, without its caller: it was let in when it began.
        boolean first = request.getDispatcherType() != DispatcherType.ASYNC;
        if (first && handler instanceof HandlerMethod method && isGuarded(method)) {
            check(rule(method));
        }
        return true;
    }

    static boolean isGuarded(HandlerMethod method) {
        String type = method.getBeanType().getName();
        return type.startsWith(OURS) && !type.startsWith(PLATFORM);
    }

    static @Nullable Allow rule(HandlerMethod method) {
        Allow own = AnnotatedElementUtils.findMergedAnnotation(method.getMethod(), Allow.class);
        return own == null ? AnnotatedElementUtils.findMergedAnnotation(method.getBeanType(), Allow.class) : own;
    }

    private void check(@Nullable Allow rule) {
        if (rule == null) {
            throw new Forbidden("Nobody may call this.");
        }
        if (rule.people() == People.EVERYBODY) {
            return;
        }
        Viewer viewer = access.viewer();
        if (viewer.tokenId() != null) {
            checkToken(rule, viewer);
        } else if (viewer.userId() != null) {
            checkPerson(rule.people(), viewer);
        } else {
            throw new InsufficientAuthenticationException("nobody, or a person who was disabled");
        }
    }

    private static void checkToken(Allow rule, Viewer viewer) {
        if (!Arrays.asList(rule.tokens()).contains(viewer.purpose())) {
            throw new Forbidden("A token for the purpose " + viewer.purpose() + " may not do this; it needs "
                    + (rule.tokens().length == 0
                            ? "a person who is signed in."
                            : "one for " + String.join(" or ", names(rule.tokens())) + "."));
        }
    }

    private static String[] names(Tokens[] tokens) {
        return Arrays.stream(tokens).map(Enum::name).toArray(String[]::new);
    }

    private static void checkPerson(People people, Viewer viewer) {
        boolean allowed = switch (people) {
            case EVERYBODY, SIGNED_IN -> true;
            case MEMBERS -> viewer.admin() || hasAnywhere(TeamRole.MEMBER, viewer);
            case LEADS -> viewer.admin() || hasAnywhere(TeamRole.LEAD, viewer);
            case AUDITORS -> viewer.seesAll();
            case ADMINS -> viewer.admin();
            case NONE -> false;
        };
        if (!allowed) {
            throw new Forbidden(
                    switch (people) {
                        case MEMBERS -> "Only members and leads of a team, and admins, may do this.";
                        case LEADS -> "Only leads of a team, and admins, may do this.";
                        case AUDITORS -> "Only auditors and admins may see this.";
                        case ADMINS -> "Only admins may do this.";
                        default -> "Only a program with an API token may call this.";
                    });
        }
    }

    private static boolean hasAnywhere(TeamRole needed, Viewer viewer) {
        return viewer.roles().values().stream().anyMatch(role -> role.compareTo(needed) >= 0);
    }
}
