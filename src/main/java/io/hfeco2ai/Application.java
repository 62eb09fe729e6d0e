package io.hfeco2ai;

import io.hfeco2ai.cli.Cli;
import io.hfeco2ai.moving.MigrateCommand;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** Starts the server: sampler, ledger, pages and API in one process. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class Application {

    public static void main(String[] args) {
        if (Cli.isCommand(args)) {
            System.exit(Cli.needsServer(args) ? MigrateCommand.run(args) : Cli.run(args));
        }
        SpringApplication.run(Application.class, args);
    }
}
