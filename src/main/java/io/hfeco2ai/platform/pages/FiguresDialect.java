package io.hfeco2ai.platform.pages;

import io.hfeco2ai.platform.SignedIn;
import io.hfeco2ai.units.Figures;
import java.util.Set;
import org.springframework.stereotype.Component;
import org.thymeleaf.context.IExpressionContext;
import org.thymeleaf.dialect.IExpressionObjectDialect;
import org.thymeleaf.expression.IExpressionObjectFactory;

/** Gives every template {@code #figures}, the one formatter of quantities; times are in the zone of whoever looks. */
@Component
class FiguresDialect implements IExpressionObjectDialect, IExpressionObjectFactory {

    private static final String OBJECT_NAME = "figures";
    private final Figures utc = new Figures();

    @Override
    public String getName() {
        return OBJECT_NAME;
    }

    @Override
    public IExpressionObjectFactory getExpressionObjectFactory() {
        return this;
    }

    @Override
    public Set<String> getAllExpressionObjectNames() {
        return Set.of(OBJECT_NAME);
    }

    @Override
    public Object buildObject(IExpressionContext context, String expressionObjectName) {
        return context.getVariable(SignedIn.Reader.ATTRIBUTE) instanceof SignedIn.Reader reader
                ? new Figures(reader.zone())
                : utc;
    }

    @Override
    public boolean isCacheable(String expressionObjectName) {
        return true;
    }
}
