import { Field, Int, ObjectType } from '@nestjs/graphql'
import { ApiProperty } from '@nestjs/swagger'

@ObjectType()
export class Order {
  @Field()
  @ApiProperty()
  id!: string

  @Field()
  @ApiProperty()
  item!: string

  @Field(() => Int)
  @ApiProperty()
  quantity!: number

  /** The `sub` of whom it belongs to. */
  @Field()
  @ApiProperty()
  owner!: string
}
