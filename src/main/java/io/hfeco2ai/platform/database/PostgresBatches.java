package io.hfeco2ai.platform.database;

import com.zaxxer.hikari.HikariDataSource;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.stereotype.Component;

/** Many rows go to PostgreSQL as one statement; an address that says otherwise is left as it is. */
@Component
class PostgresBatches implements BeanPostProcessor {

    private static final String ONE_STATEMENT = "reWriteBatchedInserts";

    @Override
    public Object postProcessBeforeInitialization(Object bean, String beanName) {
        if (bean instanceof HikariDataSource pool) {
            String url = pool.getJdbcUrl();
            if (url != null && url.startsWith("jdbc:postgresql:") && !url.contains(ONE_STATEMENT)) {
                pool.addDataSourceProperty(ONE_STATEMENT, "true");
            }
        }
        return bean;
    }
}
