ALTER TABLE orders ADD COLUMN region text;
CREATE INDEX orders_region ON orders (region);
ALTER TABLE orders DROP COLUMN status;
