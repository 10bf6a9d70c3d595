CREATE TABLE "emergencies" (
	"request_id" text PRIMARY KEY NOT NULL,
	"environment" text NOT NULL,
	"opened_by" jsonb NOT NULL,
	"opened_at" timestamp with time zone NOT NULL,
	"due_at" timestamp with time zone NOT NULL,
	"reminded" integer NOT NULL,
	"closed_at" timestamp with time zone,
	"closed_by" text,
	"closed_by_name" text,
	"retrospective" jsonb
);
--> statement-breakpoint
CREATE TABLE "inbox" (
	"provider" text NOT NULL,
	"delivery_id" text NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	CONSTRAINT "inbox_once" UNIQUE("provider","delivery_id")
);
--> statement-breakpoint
CREATE TABLE "page_requests" (
	"page_id" text NOT NULL,
	"request_id" text NOT NULL,
	"step_id" bigint,
	CONSTRAINT "page_requests_once" UNIQUE("page_id","request_id")
);
--> statement-breakpoint
CREATE TABLE "pages" (
	"id" text PRIMARY KEY NOT NULL,
	"pager" text NOT NULL,
	"environment" text NOT NULL,
	"storm" boolean NOT NULL,
	"wants" text NOT NULL,
	"opened_at" timestamp with time zone NOT NULL,
	"wanted_version" integer NOT NULL,
	"shown_version" integer NOT NULL,
	"may_be_open" boolean NOT NULL,
	"attempts" integer NOT NULL,
	"next_at" timestamp with time zone NOT NULL,
	"lease_until" timestamp with time zone,
	"lease_id" text,
	"sent_at" timestamp with time zone,
	"reference" text,
	"acknowledged_at" timestamp with time zone,
	"acknowledged_by" text,
	"closed_at" timestamp with time zone,
	"problem" text
);
--> statement-breakpoint
CREATE TABLE "people_settings" (
	"user_id" text PRIMARY KEY NOT NULL,
	"quiet_from" integer,
	"quiet_to" integer,
	"time_zone" text,
	"ways" text NOT NULL,
	"changed_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "questions" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"request_id" text NOT NULL,
	"asked_by" text NOT NULL,
	"asked_by_name" text NOT NULL,
	"text" text NOT NULL,
	"asked_at" timestamp with time zone NOT NULL,
	"answer" text,
	"answered_by" text,
	"answered_by_name" text,
	"answered_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "sessions" (
	"id" text PRIMARY KEY NOT NULL,
	"user_id" text NOT NULL,
	"team_id" text NOT NULL,
	"enterprise_id" text,
	"name" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"last_used_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sign_ins" (
	"id" text PRIMARY KEY NOT NULL,
	"nonce" text NOT NULL,
	"return_to" text NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "steps" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"request_id" text NOT NULL,
	"position" integer NOT NULL,
	"kind" text NOT NULL,
	"audience" jsonb,
	"pager" text,
	"due_at" timestamp with time zone NOT NULL,
	"taken_at" timestamp with time zone,
	"taken" jsonb,
	CONSTRAINT "steps_once" UNIQUE("request_id","position")
);
--> statement-breakpoint
DROP INDEX "outbox_due";--> statement-breakpoint
ALTER TABLE "outbox" ADD COLUMN "lane" text DEFAULT 'slack' NOT NULL;--> statement-breakpoint
ALTER TABLE "outbox" ADD COLUMN "recipient" text;--> statement-breakpoint
ALTER TABLE "outbox" ADD COLUMN "step_id" bigint;--> statement-breakpoint
ALTER TABLE "requests" ADD COLUMN "emergency" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "requests" ADD COLUMN "latest_expires_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "requests" ADD COLUMN "claim" jsonb;--> statement-breakpoint
ALTER TABLE "requests" ADD COLUMN "paused_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "requests" ADD COLUMN "paused_until" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "requests" ADD COLUMN "paused_seconds" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "requests" ADD COLUMN "reach" jsonb;--> statement-breakpoint
ALTER TABLE "requests" ADD COLUMN "when_nobody_is_there" text DEFAULT 'wait' NOT NULL;--> statement-breakpoint
ALTER TABLE "tokens" ADD COLUMN "when_nobody_is_there" text DEFAULT 'wait' NOT NULL;--> statement-breakpoint
CREATE INDEX "emergencies_open" ON "emergencies" USING btree ("environment") WHERE "emergencies"."closed_at" is null;--> statement-breakpoint
CREATE INDEX "page_requests_request" ON "page_requests" USING btree ("request_id");--> statement-breakpoint
CREATE INDEX "pages_due" ON "pages" USING btree ("next_at") WHERE "pages"."wanted_version" > "pages"."shown_version";--> statement-breakpoint
CREATE INDEX "pages_open" ON "pages" USING btree ("pager","opened_at") WHERE "pages"."wants" <> 'closed';--> statement-breakpoint
CREATE INDEX "questions_request" ON "questions" USING btree ("request_id");--> statement-breakpoint
CREATE INDEX "outbox_request" ON "outbox" USING btree ("request_id");--> statement-breakpoint
CREATE INDEX "outbox_recipient" ON "outbox" USING btree ("recipient","done_at") WHERE "outbox"."recipient" is not null;--> statement-breakpoint
CREATE INDEX "outbox_due" ON "outbox" USING btree ("lane","next_at") WHERE "outbox"."done_at" is null;